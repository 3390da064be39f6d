refuse() { # REASON: another try would not mend it, so s6 is told not to make one
    echo "{{name}}: $1" >&2
{{stop}}    s6-svc -O . 2>/dev/null
    exit 1
}
