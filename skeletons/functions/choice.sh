choice() { # NAME VALUE CHOICE...
    name=$1 value=$2
    shift 2
    for choice; do
        [ "$value" != "$choice" ] || return 0
    done
    refuse "$name has to be one of: $*"
}
