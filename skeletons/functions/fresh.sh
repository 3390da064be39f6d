fresh() { # FILE MODE: an empty FILE.new, which has its mode and owner before it has any content
    mkdir -p "${1%/*}" && rm -f "$1.new" && (umask 077 && : >"$1.new") || return
    case $2 in
        600 | 640) [ "$(id -u)" != 0 ] || chown {{owner}} "$1.new" || return ;;
    esac
    chmod "$2" "$1.new"
}
