list() { # NAME VALUE
    case $2 in
        '' | -* | *[!A-Za-z0-9._@+:/,\ -]*) ;;
        *[!\ ]*) [ "${#2}" -gt 1000 ] || return 0 ;;
    esac
    refuse "$1 has to be words of plain characters, 1000 at most"
}
