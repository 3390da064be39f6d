switch() { # NAME VALUE
    case $2 in
        0 | 1) ;;
        *) refuse "$1 has to be 0 or 1" ;;
    esac
}
