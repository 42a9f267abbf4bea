#!/bin/sh
# qualitygate git hook. `qualitygate install` writes it, `qualitygate uninstall` takes it away.
hook=@HOOK@
@WHERE@
here=$(dirname "$0")
export QUALITYGATE_GIT_PROCESS="$PPID"  # what passed in one hook of this git need not be judged in its next one
input=/dev/null
if [ "$hook" = pre-push ]; then
    input=$(mktemp 2> /dev/null || TMPDIR=/tmp mktemp) && trap 'rm -f "$input"' EXIT && cat > "$input" || exit 2
fi
# The hook that was here before runs first: it may change what is committed, and we have the last word.
if [ -x "$here/$hook.before-qualitygate" ]; then
    PATH="$PATH:$(dirname "$python")" "$here/$hook.before-qualitygate" "$@" < "$input" || exit $?
fi
if [ -x "$python" ] && [ -f "$package/git_hook.py" ]; then
    "$python" -I -S "$package/git_hook.py" "$hook" "$@" < "$input"
elif command -v qualitygate > /dev/null 2>&1; then
    qualitygate git-hook "$hook" "$@" < "$input"
else
    echo "@GONE@" >&2
    echo "hint: pip install qualitygate-toolkit && qualitygate install" >&2
    exit @CODE@
fi
