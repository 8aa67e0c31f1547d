package sensitive

import "bytes"

// Keys and licences may run over many lines, and so from one block into the next. Each line of one is a place of its own;
// the first is counted, the others continue it. Look finds the lines behind a beginning that it sees. For the beginning
// that it does not see, it keeps the lines that a block starts with and that could belong to one, and Carry, which knows
// the block before, makes places of them or lets them go.

// pem looks at a private key from its BEGIN to its END. On one line the line's breaks are escaped (\n, &#10;) or gone.
func (v *view) pem(end int) {
	if end <= v.key {
		return
	}
	begin := bytes.LastIndex(v.text[:end], []byte("-----BEGIN "))
	line := min(v.lineEnd(end), end+farthest)
	if stop := bytes.Index(v.text[end:line], []byte("-----END ")); stop >= 0 {
		stop += end + len("-----END ")
		if close := bytes.Index(v.text[stop:line], []byte("-----")); close >= 0 {
			stop += close + len("-----")
		}
		v.key = stop
		v.report(PrivateKey, begin, stop)
		return
	}
	v.key = line
	v.report(PrivateKey, begin, v.content(end, line))
	v.follow(PrivateKey, line)
}

// der looks at a private key in one run of Base64, without the lines around it.
func (v *view) der(end int) { v.blob(PrivateKey, end, 40) }

// licence looks at a licence of Atlassian.
func (v *view) licence(end int) { v.blob(Licence, end, 60) }

// widest is how long a line of a key or a licence may be that others follow.
const widest = 100

// blob reports the run of Base64 around a place, if it has some length, and the lines that it goes on with.
func (v *view) blob(kind Kind, end, least int) {
	past := v.pastOf(kind)
	if end <= *past {
		return
	}
	start := v.back(end, base64Body, 24)
	stop := v.padded(v.over(end, base64Body))
	*past = stop
	if stop-start < least {
		return
	}
	v.report(kind, start, stop)
	if stop-start <= widest && v.byte(stop-1) != '=' {
		v.follow(kind, stop)
	}
}

// pastOf is where the last key or the last licence ended. They do not share it: a key may stand behind a licence.
func (v *view) pastOf(kind Kind) *int {
	if kind == Licence {
		return &v.licensed
	}
	return &v.key
}

// content is the end of a line, or of what of it lies before a limit, without the blanks and the sign that another
// follows.
func (v *view) content(start, limit int) int {
	line := v.text[start:limit]
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	return start + len(bytes.TrimRight(line, " \t\r\\"))
}

// follow reports the lines of the block behind a place on which a key or a licence goes on. The place must be the end of
// its line.
func (v *view) follow(kind Kind, at int) {
	if v.whole != nil {
		return
	}
	f := v.found
	raw := int(v.place(at, at).Start)
	end := bytes.IndexByte(f.block[raw:], '\n')
	if end < 0 || len(bytes.Trim(f.block[raw:raw+end], " \t\r\\")) > 0 {
		return
	}
	var next int
	f.Places, next = continued(f.block, raw+end+1, kind, f.Places)
	if next == len(f.block) {
		f.open = kind
	}
	if v.at == nil {
		*v.pastOf(kind) = next
	}
}

// ahead keeps what the block starts with, as if a key had begun before it. A licence has fewer kinds of lines than a
// key, so that Carry only has to leave some out.
func (v *view) ahead() {
	f := v.found
	var next int
	f.head.places, next = continued(f.block, 0, PrivateKey, f.head.places)
	f.head.whole = next == len(f.block)
}

// continued appends a place for each line from a place on that belongs to a key, and
// gives the place behind them: the end of the block when there may be more in the next.
func continued(block []byte, at int, kind Kind, places []Place) (_ []Place, next int) {
	for at < len(block) {
		end := len(block)
		if newline := bytes.IndexByte(block[at:], '\n'); newline >= 0 {
			end = at + newline
		}
		line := trimLine(block, at, end)
		more, last := belongs(block[line.start:line.end], block[line.start:end], kind)
		if (more || last) && line.start < line.end {
			places = append(places, Place{Kind: kind, Continues: true, Start: int32(line.start), End: int32(line.end)})
		}
		if !more {
			return places, at
		}
		at = min(end+1, len(block))
	}
	return places, at
}

// trimLine takes off a line the blanks and marks that quoting and continuing lines put around it, and a closing tag.
func trimLine(block []byte, start, end int) span {
	if tag := bytes.IndexByte(block[start:end], '<'); tag >= 0 {
		end = start + tag
	}
	for start < end && in(block[start], " \t>|#\"'+") {
		start++
	}
	for end > start && in(block[end-1], " \t\r\\\"',+") {
		end--
	}
	return span{start, end}
}

// belongs tells whether a line can be one of a key or licence with more to come, or its last. A tag behind it ends both.
func belongs(line, full []byte, kind Kind) (more, last bool) {
	body := bytes.TrimRight(line, "=")
	closed := bytes.IndexByte(full, '<') >= 0
	switch {
	case kind == PrivateKey && bytes.HasPrefix(line, []byte("-----END ")):
		return false, true
	case len(line) == 0, kind == PrivateKey && (bytes.HasPrefix(line, []byte("Proc-Type:")) || bytes.HasPrefix(line, []byte("DEK-Info:"))):
		return kind == PrivateKey && !closed, false
	case !every(body, base64Body) || len(line) > widest:
		return false, false
	case closed, kind == Licence && len(line) < 60:
		return false, true
	}
	return true, false
}
