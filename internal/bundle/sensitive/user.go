package sensitive

import (
	"bytes"
	"unicode/utf8"
)

// username tells whether a text can be somebody's user name: 2 to 64 bytes, no spaces, nobody's that comes with the
// product, and neither a digest nor a number of the product's own (JIRAUSER10100), which tell nothing by themselves.
func username(text []byte) bool {
	if len(text) < 2 || len(text) > 64 || has(nobody, text) || digest(text) || !some(text, alnum|letter) || !utf8.Valid(text) {
		return false
	}
	if bytes.ContainsAny(text, " \t,;:/|<>(){}[]\"=*?&%#$`") {
		return false
	}
	return !bytes.HasPrefix(text, []byte("JIRAUSER")) && !bytes.HasPrefix(text, []byte("com.")) && !bytes.HasPrefix(text, []byte("org."))
}

// digest tells whether a text is 32 or more hexadecimal digits, perhaps in groups.
func digest(text []byte) bool {
	if len(text) < 32 {
		return false
	}
	for _, b := range text {
		if charsets[b]&hexDigit == 0 && b != '-' {
			return false
		}
	}
	return true
}

// look checks what a phrase announces.
func (p phrase) look(v *view, end int) {
	stop, quoted := 0, true
	switch p.before[len(p.before)-1] {
	case '\'':
		stop = v.until(end, '\'', 80)
	case '"':
		stop = v.until(end, '"', 80)
	case '[':
		stop = v.until(end, ']', 80)
	case '<':
		stop = v.until(end, '>', 80)
	default:
		stop, quoted = v.word(end), false
	}
	if stop < end {
		return
	}
	value := v.text[end:stop]
	switch {
	case p.kind == Session && len(value) >= 4 && every(value, urlSafe):
		v.report(Session, end, stop)
	case p.kind == Username && (quoted || odd(value)) && username(value):
		v.report(Username, end, stop)
	case p.kind == Username && quoted && len(value) <= 64 && name(value):
		v.report(Username, end, stop)
	}
}

// word is the end of a word that a space, a quote or the end of a sentence ends.
func (v *view) word(at int) int {
	start := at
	for at < len(v.text) && at-start < 80 && charsets[v.text[at]]&ender == 0 {
		at++
	}
	return v.trimmed(start, at)
}

// odd tells whether a word is none of ordinary language.
func odd(text []byte) bool { return some(text, digit) || bytes.ContainsAny(text, "._@\\-") }

// levels end the thread's name in atlassian-jira.log, and stand before the user.
var levels = [][]byte{[]byte(" INFO "), []byte(" WARN "), []byte(" ERROR "), []byte(" DEBUG "), []byte(" TRACE "), []byte(" FATAL ")}

// request looks at the columns around a request's number, such as 540x214x1:
//
//	atlassian-jira.log           … thread LEVEL user 540x214x1 session address url [class] message
//	atlassian-jira-security.log  … thread user 540x214x1 session address url message
//	atlassian-bitbucket.log      … LEVEL [thread] user @1ABC2Dx540x214x1 session address "GET …"
//	atlassian-bitbucket-access   address | https | o@1ABC2Dx540x214x1 | user | …
func (v *view) request(end int) {
	start := end
	for least := max(0, end-60); start > least && (v.is(start-1, alnum) || in(v.text[start-1], "@*")); start-- {
	}
	end = v.over(end, alnum)
	if v.byte(end) != ' ' || v.byte(start-1) != ' ' {
		return
	}
	if v.starts(end, " | ") {
		v.piped(end + 3)
		return
	}
	if end < v.line {
		return
	}
	v.line = v.lineEnd(end)
	line := v.lineStart(start, 1000)
	if bytes.IndexByte(v.text[line:start-1], ' ') < 0 {
		return // an access log, in which the user comes next
	}
	v.userColumn(line, start-1)
	v.sessionColumn(line, end+1)
}

func (v *view) piped(start int) {
	if end := v.until(start, '|', 80); end > 0 {
		if end--; end > start && username(v.text[start:end]) {
			v.report(Username, start, end)
		}
	}
}

// userColumn looks at what is between the level and the request, or at the one word before the request.
func (v *view) userColumn(line, end int) {
	before := v.text[line:end]
	start := len(before)
	if v.is(line, digit) {
		start = bytes.LastIndexByte(before, ' ') + 1
	}
	for _, level := range levels {
		if at := bytes.LastIndex(v.text[line:end+1], level); at >= 0 {
			start = at + len(level)
			break
		}
	}
	if start >= len(before) {
		return
	}
	if close := bytes.LastIndex(before[start:], []byte("] ")); close >= 0 {
		start += close + 2
	}
	if user := before[start:]; username(user) || len(user) <= 64 && !has(nobody, user) && name(user) {
		v.report(Username, line+start, end)
	}
}

// sessionColumn looks at the session's hash and the addresses behind it.
func (v *view) sessionColumn(line, start int) {
	if !v.is(line, digit) {
		return
	}
	end := v.over(start, alnum)
	if n := end - start; n >= 4 && n <= 64 && v.byte(end) == ' ' && some(v.text[start:end], alnum) {
		v.report(Session, start, end)
		end++
	} else if v.starts(start, "- ") {
		end = start + 2
	} else {
		return
	}
	v.addressColumn(end)
}

// addressColumn looks at addresses whose column says that they are some, however small their numbers.
func (v *view) addressColumn(start int) {
	for {
		end := v.over(start, digit|hexDigit|dotted)
		if n, ok := quad(v.text[start:end]); ok && n[0] != 0 && n[0] != 127 {
			v.report(IPv4, start, end)
		}
		if v.byte(end) != ',' {
			return
		}
		start = end + 1
	}
}

// access looks at the first and the third column of an access log: a client that was looked up, and the user.
//
//	client - user [31/Dec/2026:…   or, Jira's own:   client 540x214x1 user [31/Dec/2026:…
func (v *view) access(end int) {
	stop := end - len(" [31/Dec/")
	line := v.lineStart(stop, 400)
	client := bytes.IndexByte(v.text[line:stop], ' ')
	if client < 0 {
		return
	}
	second := bytes.IndexByte(v.text[line+client+1:stop], ' ')
	if second < 0 {
		return
	}
	user := line + client + 1 + second + 1
	if who := v.text[user:stop]; username(who) || len(who) <= 64 && name(who) && !has(nobody, who) {
		v.report(Username, user, stop)
	}
	if host := v.text[line : line+client]; bytes.IndexByte(host, '.') > 0 {
		v.host(line, line+client)
	}
}
