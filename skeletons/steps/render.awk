# ${NAME} becomes the value of the variable, if `names` has it; nothing else is expanded.
#
# In "double quotes" a value may hold all but line breaks, $ and `, and \ and " get a backslash; elsewhere
# it has to be a plain word. So no value can become syntax.

BEGIN {
    count = split(names, list, " ")
    for (i = 1; i <= count; i++) known[list[i]] = 1
}

{
    line = $0
    before = after = ""
    while (match(line, /[$][{][A-Za-z_][A-Za-z0-9_]*[}]/)) {
        name = substr(line, RSTART + 2, RLENGTH - 3)
        before = before substr(line, 1, RSTART - 1)
        after = after substr(line, 1, RSTART - 1)
        after = after (name in known ? value(name, quoted(before)) : substr(line, RSTART, RLENGTH))
        line = substr(line, RSTART + RLENGTH)
    }
    print after line
}

function quoted(text) { # does the text leave a double quote open?
    gsub(/\\./, "", text)
    return gsub(/"/, "", text) % 2
}

function value(name, inside) {
    text = ENVIRON[name]
    if (inside && text ~ /[\001-\037\177$`]/) refuse(name " holds a line break, $ or `")
    if (!inside && text !~ /^[A-Za-z0-9_.,:\/@+=~-]*$/) refuse(name " is no plain word; only double quotes could hold it")
    gsub(/[\\"]/, "\\\\&", text)
    return text
}

function refuse(reason) {
    print reason > "/dev/stderr"
    failed = 1
    exit 1
}

END { exit failed }
