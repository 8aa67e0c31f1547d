package sensitive

import (
	"bytes"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"
)

// mostPeople bounds what is remembered of each kind. A directory of that size is searched for in the same time as a
// small one, but takes some 100 bytes a name.
const mostPeople = 200_000

// People remembers the values that name people and their machines, to find them again with Known. Its zero value is
// empty. It is one goroutine's.
type People struct {
	values [len(kindNames)]map[string]struct{}
}

// Take remembers what was found in a block that names somebody.
func (p *People) Take(f *Found) {
	for _, place := range f.Places {
		switch place.Kind {
		case Email, Username, Fullname, Hostname:
			p.Note(place.Kind, f.Value(place).text)
		}
	}
}

// Note remembers one value: an e-mail address, a user name, a full name or the name of a machine.
func (p *People) Note(k Kind, value []byte) {
	if p.values[k] == nil {
		p.values[k] = map[string]struct{}{}
	}
	if len(p.values[k]) < mostPeople {
		p.values[k][string(value)] = struct{}{}
	}
}

// Add remembers what others remember.
func (p *People) Add(other *People) {
	for k, values := range other.values {
		for v := range values {
			p.Note(Kind(k), []byte(v))
		}
	}
}

// Known is what is searched for:
//
//   - full names as they are, with the parts in either order;
//   - each part of a full name alone, written with a capital or all in capitals, if it has three letters at least and is
//     no word of the vocabulary ("Rose", "May", "Admin"): a bare "rose" is a word, and names would make a log unreadable;
//   - user names of three letters at least that are no such word, without the Windows domain too;
//   - e-mail addresses, and what is before their @ if no word has that shape (a digit or a dot in it);
//   - names of machines, and the domains of machines and addresses with all that is below them, unless everybody has
//     addresses there.
//
// All but the parts of names are found in either case of A to Z; all are found at the bounds of words, where the script
// has any.
func (p *People) known() (all []term) {
	for k, values := range p.values {
		for _, v := range slices.Sorted(maps.Keys(values)) {
			switch Kind(k) {
			case Email:
				all = append(all, emailTerms(v)...)
			case Username:
				all = append(all, userTerms(v)...)
			case Fullname:
				all = append(all, nameTerms(v)...)
			case Hostname:
				all = append(all, hostTerms(v)...)
			}
		}
	}
	return all
}

// term is one text to search for.
type term struct {
	kind  Kind
	text  string
	exact bool // in this case, or in capitals
}

func emailTerms(v string) []term {
	local, domain, _ := bytes.Cut([]byte(v), []byte("@"))
	all := []term{{kind: Email, text: v}}
	if len(local) >= 5 && (some(local, digit) || bytes.IndexByte(local, '.') > 0) {
		all = append(all, term{kind: Username, text: string(local)})
	}
	if !vendor(domain) && !has(mailboxes, domain) {
		all = append(all, term{kind: Hostname, text: string(domain)})
	}
	return all
}

// mailboxes is domains in which anybody can have an address.
var mailboxes = set(`gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com gmx.de gmx.net gmx.at gmx.ch web.de
	t-online.de freenet.de mail.ru yandex.ru qq.com 163.com 126.com naver.com daum.net proton.me protonmail.com orange.fr free.fr libero.it
	example.com example.net example.org`)

func userTerms(v string) []term {
	all := []term{{kind: Username, text: v}}
	if cut := bytes.IndexByte([]byte(v), '\\'); cut >= 0 {
		all = append(all, term{kind: Username, text: v[cut+1:]})
	}
	return slices.DeleteFunc(all, func(t term) bool {
		return len(t.text) < 3 || has(vocabulary, []byte(t.text)) || has(nobody, []byte(t.text)) || every([]byte(t.text), digit)
	})
}

func nameTerms(v string) (all []term) {
	words := bytes.FieldsFunc([]byte(v), func(r rune) bool { return in(byte(min(r, 0x7f)), " +,\\") })
	text := string(bytes.Join(words, []byte(" ")))
	if len(words) > 1 {
		last := string(words[len(words)-1]) + " " + string(bytes.Join(words[:len(words)-1], []byte(" ")))
		all = append(all, term{kind: Fullname, text: text}, term{kind: Fullname, text: last})
	}
	for _, w := range words {
		if alone(w) {
			all = append(all, term{Fullname, string(w), true})
		}
	}
	return all
}

// alone tells whether a part of a name is enough to name somebody.
func alone(word []byte) bool {
	first, _ := utf8.DecodeRune(word)
	return (utf8.RuneCount(word) >= 3 || wordless(first) && utf8.RuneCount(word) >= 2) && !unicode.IsLower(first) && !has(vocabulary, word) && !has(nobody, word) && !has(particles, word)
}

// wordless tells whether a character is of a script that puts no spaces between words.
func wordless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// hostTerms are a machine's name and, if it has three labels or more, the domain it is in.
func hostTerms(v string) (all []term) {
	if _, domain, ok := bytes.Cut([]byte(v), []byte(".")); ok {
		all = append(all, term{kind: Hostname, text: v})
		if bytes.IndexByte(domain, '.') > 0 && !vendor(domain) && !has(publicSecond, domain) {
			all = append(all, term{kind: Hostname, text: string(domain)})
		}
		return all
	}
	if len(v) >= 5 && some([]byte(v), digit) {
		all = append(all, term{kind: Hostname, text: v})
	}
	return all
}

// publicSecond is domains of two labels below which anybody can have one.
var publicSecond = set(`co.uk org.uk ac.uk gov.uk co.in org.in net.in com.au net.au org.au co.nz co.jp ne.jp or.jp co.kr com.br com.mx com.tr com.cn com.hk com.sg
	co.za co.il com.ar com.pl com.ua com.tw co.at or.at`)
