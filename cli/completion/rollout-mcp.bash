# bash completion for rollout-mcp, which says itself what can stand at the cursor.
_rollout_mcp() {
  local line quoted current=${COMP_WORDS[COMP_CWORD]}
  [[ $current == '=' ]] && current=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files | :directories)
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do
          COMPREPLY+=("$line")
        done < <(if [[ $line == :files ]]; then compgen -f -- "$current"; else compgen -d -- "$current"; fi)
        ;;
      *)
        line=${line%%$'\t'*}
        if [[ $line == "$current"* ]]; then
          printf -v quoted %q "$line"
          COMPREPLY+=("$quoted")
        fi
        ;;
    esac
  done < <("${COMP_WORDS[0]/#\~/$HOME}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _rollout_mcp rollout-mcp
