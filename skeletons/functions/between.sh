between() { # NAME NUMBER LEAST MOST
    if [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
        refuse "$1 has to be from $3 to $4"
    fi
}
