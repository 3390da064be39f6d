resolve() { # NAME HOST: for a daemon that ends if it cannot find the host; another try may find it
    timeout 5 getent ahosts "$2" >/dev/null 2>&1 && return
    echo "{{name}}: $1 is the name of no host yet" >&2
    exit 1
}
