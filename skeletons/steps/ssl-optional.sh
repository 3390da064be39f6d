# Certificates: with a certificate and its key there is TLS, without both there is none.
tls=0 ca=0
export tls ca
if [ -e /private/ssl/cert.pem ] || [ -e /private/ssl/key.pem ]; then
    for file in cert key; do
        [ -r "/private/ssl/$file.pem" ] || refuse "/private/ssl/$file.pem is missing"
    done
    copy /private/ssl/cert.pem {{cert}} 644
    copy /private/ssl/key.pem {{key}} 600
    tls=1
fi
if [ -e /private/ssl/ca.pem ]; then
    copy /private/ssl/ca.pem {{ca}} 644
    ca=1
fi
