// Hooks of a Flux repository's remote, as shell scripts.

// Moves refs/heads/main by a commit of another writer; runs in a hook of the remote, after the objects have arrived.
export const moveHead = `tree=$(git rev-parse 'refs/heads/main^{tree}')
export GIT_AUTHOR_NAME='Olga Other' GIT_AUTHOR_EMAIL=olga@example.com
export GIT_COMMITTER_NAME='Olga Other' GIT_COMMITTER_EMAIL=olga@example.com
new=$(git commit-tree "$tree" -p refs/heads/main -m 'Faster' </dev/null)
git update-ref refs/heads/main "$new"`;

// The script, the first time that the hook runs; afterwards the hook lets everything pass.
export const once = (script) => `if [ -e "$GIT_DIR/done" ]; then exit 0; fi\ntouch "$GIT_DIR/done"\n${script}`;
