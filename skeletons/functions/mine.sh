mine() { # ADDRESS: is it this container itself?
    case $1 in
        127.* | ::1 | localhost | "$(uname -n)") return 0 ;;
    esac
    case " $(hostname -I 2>/dev/null || hostname -i 2>/dev/null) " in
        *" $1 "*) return 0 ;;
    esac
    return 1
}
