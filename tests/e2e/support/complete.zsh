# complete.zsh LINE COMMAND: what zsh would offer for the line with the cursor at its end, one candidate a line.
# COMMAND switches the completion on before. zsh completes only at a prompt: this file, run by itself, opens one in a
# pseudo-terminal, where it is sourced to report instead of to list.

if [[ -n $ROLLOUT_AT_PROMPT ]]; then
  autoload -Uz compinit
  compinit -u -D
  eval $ROLLOUT_AT_PROMPT
  compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
      builtin compadd "$@" # the completion system counting for itself
      return
    fi
    local -a hits
    builtin compadd -A hits "$@"
    local hit
    for hit in $hits; do
      print -r -- "<hit>$hit</hit>"
    done
  }
  finish() { print -r -- '<finished>' }
  zle -N finish
  bindkey '^I' complete-word
  bindkey '^Y' finish
  PS1='<ready>'
  return
fi

zmodload zsh/zpty
export ROLLOUT_AT_PROMPT=$2
zpty shell zsh -f -i
zpty -w shell "source ${(q)0:A}"
zpty -r shell screen '*<ready>*'
zpty -n -w shell "$1"$'\t\x19'
zpty -r shell screen '*<finished>*'
for line in ${(f)screen}; do
  [[ $line == *'<hit>'*'</hit>'* ]] && print -r -- "${${line##*<hit>}%%</hit>*}"
done
zpty -d shell
