directory() { # NAME VALUE: one that may be given to the daemon
    path "$1" "$2"
    case $2/ in
        *//* | */./* | */../*) refuse "$1 has to be a directory of its own, without . and .. on the way" ;;
    esac
}
