# Certificates: there is TLS.
tls=1 ca=0
export tls ca
for file in cert key; do
    [ -r "/private/ssl/$file.pem" ] || refuse "/private/ssl/$file.pem is missing"
done
copy /private/ssl/cert.pem {{cert}} 644
copy /private/ssl/key.pem {{key}} 600
if [ -r /private/ssl/ca.pem ]; then
    copy /private/ssl/ca.pem {{ca}} 644
    ca=1
else
    echo "{{name}}: /private/ssl/ca.pem is missing; going on without it" >&2
fi
