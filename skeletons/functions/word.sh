word() { # NAME VALUE
    case $2 in
        '' | -* | *[!A-Za-z0-9._@+:/-]*) ;;
        *) [ "${#2}" -gt 255 ] || return 0 ;;
    esac
    refuse "$1 has to be one word of plain characters, 255 at most"
}
