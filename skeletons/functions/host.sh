host() { # NAME VALUE
    case $2 in
        '' | -* | *[!A-Za-z0-9._:-]*) refuse "$1 has to be the name or the address of a host" ;;
    esac
}
