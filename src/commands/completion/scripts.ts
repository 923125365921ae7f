/**
 * One script per shell, which calls `scarf-cli complete` for every word. The answer has one line per
 * candidate, value and description separated by a tab, and `:files` or `:directories` where the shell
 * completes by itself.
 */

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** The script to source for each shell, and how to install it. */
export const COMPLETION_SCRIPTS: Record<Shell, { script: string; install: string }> = {
  bash: {
    install: 'source <(scarf-cli completion bash)',
    script: `# bash completion for scarf-cli; needs no bash-completion
_scarf_cli() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() answer value
  # Bash breaks words at = and :, which are part of ours.
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local current=\${words[\${#words[@]}-1]} broken=\${COMP_WORDS[COMP_CWORD]}
  [[ $broken == "=" || $broken == ":" ]] && broken=""
  local kept=\${current%"$broken"}
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    case $value in
      :files) compopt -o filenames 2>/dev/null; mapfile -t answer < <(compgen -f -- "$broken"); COMPREPLY+=("\${answer[@]}") ;;
      :directories) compopt -o filenames 2>/dev/null; mapfile -t answer < <(compgen -d -- "$broken"); COMPREPLY+=("\${answer[@]}") ;;
      *) [[ $current == --*=* ]] && value=\${current%%=*}=$value
         [[ $value == "$current"* ]] && COMPREPLY+=("\${value#"$kept"}") ;;
    esac
  done < <(scarf-cli complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _scarf_cli scarf-cli
`,
  },
  zsh: {
    install: 'source <(scarf-cli completion zsh)',
    script: `#compdef scarf-cli
# zsh completion for scarf-cli
_scarf_cli() {
  local line value description
  local -a candidates
  while IFS=$'\\t' read -r value description; do
    case $value in
      :files) compset -P '--*='; _files; return ;;
      :directories) compset -P '--*='; _files -/; return ;;
      *) candidates+=("\${value//:/\\\\:}\${description:+:$description}") ;;
    esac
  done < <(scarf-cli complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  compset -P '--*='
  _describe 'scarf-cli' candidates
}
if [ "$funcstack[1]" = "_scarf_cli" ]; then
  _scarf_cli "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _scarf_cli scarf-cli
fi
`,
  },
  fish: {
    install: 'scarf-cli completion fish | source',
    script: `# fish completion for scarf-cli
function __scarf_cli_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l prefix (string match -r -- '^--[\\w-]+=' $words[-1])
  for answer in (scarf-cli complete -- $words[2..] 2>/dev/null)
    switch $answer
      case ':files'
        __fish_complete_path (string replace -r -- '^--[\\w-]+=' '' $words[-1]) | string replace -r -- '^' "$prefix"
      case ':directories'
        __fish_complete_directories (string replace -r -- '^--[\\w-]+=' '' $words[-1]) | string replace -r -- '^' "$prefix"
      case '*'
        echo -- "$prefix$answer"
    end
  end
end
complete -c scarf-cli -f -a '(__scarf_cli_complete)'
`,
  },
  powershell: {
    install: 'scarf-cli completion powershell | Out-String | Invoke-Expression',
    script: `# PowerShell completion for scarf-cli
Register-ArgumentCompleter -Native -CommandName 'scarf-cli' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -le $cursorPosition } | ForEach-Object { "$_" })
  if ($wordToComplete -eq '') { $words += '""' }
  $prefix = if ($wordToComplete -match '^(--[\\w-]+=)') { $Matches[1] } else { '' }
  foreach ($answer in (scarf-cli complete '--' @words 2>$null)) {
    if ($answer -eq ':files' -or $answer -eq ':directories') {
      foreach ($path in [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete.Substring($prefix.Length))) { $path }
      continue
    }
    $value, $description = $answer -split "\`t", 2
    $value = "$prefix$value"
    if (-not $value.StartsWith($wordToComplete)) { continue }
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
`,
  },
};
