# ${NAME} becomes the value of the variable, if `names` has it; nothing else is expanded.
#
# In "double quotes" a value may hold all but line breaks, $ and `, and \ and " get a backslash; elsewhere
# it has to be a plain word, or several if `lists` has the name. So no value can become syntax.
#
# Lines between "#if NAME" and "#end" are there only if that variable is neither empty nor 0; "#if !NAME" is
# the opposite. They may be nested.

BEGIN {
    count = split(names, list, " ")
    for (i = 1; i <= count; i++) known[list[i]] = 1
    count = split(lists, list, " ")
    for (i = 1; i <= count; i++) several[list[i]] = 1
}

/^ *#if !?[A-Za-z_][A-Za-z0-9_]*$/ {
    name = $2
    negated = sub(/^!/, "", name)
    set = ENVIRON[name] != "" && ENVIRON[name] "" != "0"
    if (out || set == negated) out++
    depth++
    next
}

/^ *#end$/ {
    if (depth == 0) refuse("a template has an #end too many")
    if (out) out--
    depth--
    next
}

out { next }

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
    plain = name in several ? "^[A-Za-z0-9_.,:/@+=~ -]*$" : "^[A-Za-z0-9_.,:/@+=~-]*$"
    if (!inside && text !~ plain) refuse(name " is no plain word; only double quotes could hold it")
    gsub(/[\\"]/, "\\\\&", text)
    return text
}

function refuse(reason) {
    print reason > "/dev/stderr"
    failed = 1
    exit 1
}

END {
    if (depth && !failed) refuse("a template lacks an #end")
    exit failed
}
