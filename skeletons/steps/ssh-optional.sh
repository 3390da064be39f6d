# Keys of those who may log in.
if [ -r /private/ssh/authorized_keys ]; then
    copy /private/ssh/authorized_keys {{keys}} 600
else
    echo "{{name}}: /private/ssh/authorized_keys is missing; going on without it" >&2
fi
