# {{link}}: {{LINK}}_HOST, or what an engine says of a link, or the name if it resolves; else it is off.
[ "${{LINK}}_HOST" != "$(uname -n)" ] || {{LINK}}_HOST=
[ -n "${{LINK}}_HOST" ] || {{LINK}}_HOST=$(linked {{link}} {{LINK}} "${{LINK}}_SERVICE_HOST")
[ -z "${{LINK}}_HOST" ] || host {{LINK}}_HOST "${{LINK}}_HOST"
{{LINK}}_PORT=$(linked_port {{LINK}} "${{LINK}}_PORT" "${{LINK}}_SERVICE_PORT" {{port}})
[ -z "${{LINK}}_PORT" ] || port {{LINK}}_PORT "${{LINK}}_PORT"
export {{LINK}}_HOST {{LINK}}_PORT
