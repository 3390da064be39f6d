port() { # NAME VALUE
    case $2 in
        '' | *[!0-9]* | 0* | ??????*) ;;
        *) [ "$2" -gt 65535 ] || return 0 ;;
    esac
    refuse "$1 has to be a port: a number from 1 to 65535"
}
