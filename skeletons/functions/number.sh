number() { # NAME VALUE
    case $2 in
        '' | *[!0-9]* | 0?* | ??????????*) refuse "$1 has to be a number of nine digits at most" ;;
    esac
}
