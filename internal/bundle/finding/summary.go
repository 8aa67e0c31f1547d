package finding

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// JSON writes findings as an array, one finding a line.
func JSON(w io.Writer, findings []Finding) error {
	b := &strings.Builder{}
	b.WriteString("[")
	for i, f := range findings {
		text, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n" + string(text))
	}
	b.WriteString("]\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Table writes a summary that fits a screen of width columns and height lines: the gravest findings, one a line, and
// how many of each severity there are.
func Table(w io.Writer, findings []Finding, width, height int) error {
	b := &strings.Builder{}
	fmt.Fprintln(b, counts(findings))
	shown := findings[:min(len(findings), max(1, height-3))]
	place := 0
	for _, f := range shown {
		place = max(place, min(utf8.RuneCountInString(where(f)), width/3))
	}
	for _, f := range shown {
		title := max(10, width-place-12)
		fmt.Fprintf(b, "%-8s  %s  %s\n", f.Severity, pad(f.Title, title), clipLeft(where(f), place))
	}
	if more := len(findings) - len(shown); more > 0 {
		fmt.Fprintf(b, "and %d less grave\n", more)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Markdown writes every finding with its evidence, advice and source.
func Markdown(w io.Writer, findings []Finding) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "# Findings\n\n%s\n", counts(findings))
	for _, f := range findings {
		fmt.Fprintf(b, "\n## %s: %s\n\n%s (`%s`, %s:%d", f.Severity, f.Title, f.Evidence, f.Rule, escape(f.File), f.Line)
		if f.Count > 1 {
			fmt.Fprintf(b, "; first %s:%d, last %s:%d", escape(f.First.File), f.First.Line, escape(f.Last.File), f.Last.Line)
		}
		fmt.Fprintf(b, "). Threshold: %s.\n\n%s\n\nSource: %s\n", value(f.Threshold, f.Unit), f.Advice, f.Source)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// counts is "3 findings: 1 critical, 2 low".
func counts(findings []Finding) string {
	n := make([]int, len(severities))
	for _, f := range findings {
		n[f.Severity]++
	}
	var parts []string
	for s := len(n) - 1; s >= 0; s-- {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s], severities[s]))
		}
	}
	switch len(findings) {
	case 0:
		return "No findings."
	case 1:
		return "1 finding: " + parts[0]
	}
	return fmt.Sprintf("%d findings: %s", len(findings), strings.Join(parts, ", "))
}

// where is "file:line", from which what a terminal would obey is removed: a file's name is the sender's.
func where(f Finding) string { return fmt.Sprintf("%s:%d", escape(f.File), f.Line) }

func escape(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '`' || r == '<' || r == '[' || r == utf8.RuneError || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, name)
}

// pad fits a text into so many columns.
func pad(text string, columns int) string {
	runes := []rune(text)
	if len(runes) > columns {
		return string(runes[:columns-1]) + "…"
	}
	return text + strings.Repeat(" ", columns-len(runes))
}

// clipLeft keeps the end of a path, which tells more than its beginning.
func clipLeft(text string, columns int) string {
	runes := []rune(text)
	if len(runes) > columns && columns > 1 {
		return "…" + string(runes[len(runes)-columns+1:])
	}
	return text
}
