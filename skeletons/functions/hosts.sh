hosts() { # NAME VALUE
    case $2 in
        *[!A-Za-z0-9._:\ -]* | ' '* | *' ' | *'  '*) refuse "$1 has to be names or addresses of hosts, with a space between two" ;;
    esac
    for host in $2; do
        host "$1" "$host"
    done
}
