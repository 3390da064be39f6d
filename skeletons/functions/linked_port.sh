linked_port() { # LINK PORT SERVICE-PORT DEFAULT: the number at the end of PORT, or another that there is
    [ "${#2}" -lt 1000 ] || set -- "$1" '' "$3" "$4" # cutting at the colon would take shells seconds
    case ${2##*:} in
        '' | *[!0-9]*) ;;
        *) echo "${2##*:}" && return ;;
    esac
    given=$(env | sed -n "s/^$1_PORT_\([0-9]*\)_TCP_ADDR=.*/\1/p" | head -n 1)
    echo "${3:-${given:-$4}}"
}
