text() { # NAME VALUE
    case $2 in
        *[[:cntrl:]]*) refuse "$1 may not hold line breaks or other control characters" ;;
    esac
}
