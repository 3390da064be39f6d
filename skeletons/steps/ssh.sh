# Keys of those who may log in.
[ -r /private/ssh/authorized_keys ] || refuse "/private/ssh/authorized_keys is missing"
copy /private/ssh/authorized_keys {{keys}} 600
