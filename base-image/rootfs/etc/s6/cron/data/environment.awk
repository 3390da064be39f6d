# The environment as pam_env reads it: NAME="value", in which quotes and all else stand for themselves, except
# what it cannot hold. HOME, LOGNAME, PATH and SHELL are cron's own: a crontab sets others.

BEGIN {
    own = "^(HOME|LOGNAME|OLDPWD|PATH|PWD|SHELL|SHLVL|USER|_)$"
    for (name in ENVIRON) {
        if (name ~ own || name !~ /^[A-Za-z_][A-Za-z0-9_]*$/) continue
        if (length(ENVIRON[name]) > 2000 || ENVIRON[name] ~ /[\001-\037\177#]/) {
            print "cron: " name " is not handed on to jobs: it is long, or has a line break or # in it" > "/dev/stderr"
        } else if (ENVIRON[name] != "") {
            print name "=\"" ENVIRON[name] "\""
        }
    }
}
