host() { # NAME VALUE
    case $2 in
        '' | -* | *[!A-Za-z0-9._:-]*) ;;
        *) [ "${#2}" -gt 253 ] || return 0 ;;
    esac
    refuse "$1 has to be the name or the address of a host"
}
