# Variables, one NAME=value a line; the second file has the last word.
for vars in /private/{{name}}/vars /etc/s6/{{name}}/vars; do
    [ -e "$vars" ] || continue
    if [ ! -r "$vars" ] || ! sh -n "$vars" 2>/dev/null; then
        refuse "unable to read $vars: not readable, or a syntax error"
    fi
    set -a
    # shellcheck source=/dev/null
    . "$vars"
    set +a
done
