size() { # NAME VALUE
    case ${2%[kKmMgG]} in
        '' | *[!0-9]* | ????????????????*) refuse "$1 has to be a size: a number, with k, m or g behind it if need be" ;;
    esac
}
