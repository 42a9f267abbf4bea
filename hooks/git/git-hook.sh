#!/bin/sh
# What hook managers call: `git-hook HOOK ARGS...`, or `git-hook run ARGS...`. It hands over to the qualitygate of this
# clone. Written by `qualitygate bootstrap`. A commit of somebody who has none is let through, with a word; CI is not.
hook=$1
shift
git=$(git rev-parse --git-common-dir)
python=
package=
if [ -f "$git/qualitygate/where" ]; then
    . "$git/qualitygate/where"
fi
if [ -x "$python" ] && [ "$hook" = run ]; then
    exec "$python" -I -m qualitygate run "$@"
elif [ -x "$python" ] && [ -f "$package/git_hook.py" ]; then
    exec "$python" -I -S "$package/git_hook.py" "$hook" "$@"
elif command -v qualitygate > /dev/null 2>&1; then
    if [ "$hook" = run ]; then
        exec qualitygate run "$@"
    fi
    exec qualitygate git-hook "$hook" "$@"
elif [ -n "$package" ]; then
    echo "error: qualitygate is not here any more" >&2
    code=2
else
    echo "this repository has a quality gate, which is not installed here: nothing was judged" >&2
    code=0
    if [ -n "$CI" ] || { [ "$hook" = run ] && [ -z "$GIT_INDEX_FILE$PRE_COMMIT_REMOTE_NAME" ]; }; then
        code=2  # who asks for a verdict must not take this for one
    fi
fi
echo "hint: pip install qualitygate-toolkit && qualitygate install" >&2
exit $code
