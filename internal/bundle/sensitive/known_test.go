package sensitive_test

import (
	"slices"
	"testing"

	"waybill/internal/bundle/sensitive"
)

// again is a text with the places marked of people who were found before.
func again(t *testing.T, people *sensitive.People, text string) string {
	t.Helper()
	known, err := people.Known()
	if err != nil {
		t.Fatal(err)
	}
	var found sensitive.Found
	detector(t).Search([]byte(text), 1, &found)
	found.Places = found.Places[:0]
	known.Look(&found)
	var all []place
	for _, p := range found.Places {
		all = append(all, place{kind: p.Kind.String(), start: int(p.Start), end: int(p.End)})
	}
	return marked(text, all)
}

func TestPeopleAreFoundAgain(t *testing.T) {
	t.Parallel()
	var people sensitive.People
	for _, v := range []struct {
		kind sensitive.Kind
		text string
	}{
		{sensitive.Fullname, "Tomás Yılmaz"}, {sensitive.Fullname, "Rose Admin"}, {sensitive.Fullname, "Maria van der Berg"}, {sensitive.Fullname, "田中太郎"},
		{sensitive.Fullname, "Łukasz Żółkiewski"}, {sensitive.Fullname, "Li Xu"},
		{sensitive.Username, "frahman22"}, {sensitive.Username, `CORP\jdoe`}, {sensitive.Username, "build"}, {sensitive.Username, "max"},
		{sensitive.Email, "zofia.rahman@nordwind.example"}, {sensitive.Email, "info@gmail.com"}, {sensitive.Hostname, "ws-1.kestrel.example"},
	} {
		people.Note(v.kind, []byte(v.text))
	}
	for _, want := range []string{
		`Assigned to «fullname|Tomás Yılmaz», «fullname|Yılmaz, Tomás», «fullname|TOMÁS» and «fullname|Yılmaz»'s team`,
		`q=«fullname|Tom%C3%A1s+Y%C4%B1lmaz»&x=1`,
		`{"n":"«fullname|Tom\u00e1s Y\u0131lmaz»"}`,
		`«fullname|Maria van der Berg» and «fullname|Berg» alone`,
		`für«fullname|田中太郎»さん, «fullname|ŁUKASZ ŻÓŁKIEWSKI»`,
		`«fullname|Rose Admin» but Rose of the Admin group, rose, Bergamo, tomás`,
		`«fullname|Li Xu» but not Li, and not Xul`,
		`workdir /home/«username|frahman22»/x, «username|FRAHMAN22», xfrahman22, frahman221`,
		`«username|CORP\jdoe» or «username|jdoe»; the build reached its max`,
		`«email|Zofia.Rahman@nordwind.example», «username|zofia.rahman», host «hostname|mx7.nordwind.example»`,
		`info, gmail.com, «hostname|WS-1.kestrel.example»:80`,
		`YmUgZ29vZCB0byA` + `Tomas`,
	} {
		if got := again(t, &people, unmarked(want)); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}

// The names of a second file are found in the first.
func TestPeopleOfAllFiles(t *testing.T) {
	t.Parallel()
	var found sensitive.Found
	var all sensitive.People
	for _, text := range []string{"nothing here", "cn=Tomás Yılmaz,ou=staff"} {
		var people sensitive.People
		detector(t).Search([]byte(text), 1, &found)
		people.Take(&found)
		all.Add(&people)
	}
	if got, want := again(t, &all, "by Yılmaz"), "by «fullname|Yılmaz»"; got != want {
		t.Errorf("got %s", got)
	}
}

// What both looks find in a place is there once.
func TestKnownAddsNothingTwice(t *testing.T) {
	t.Parallel()
	text := []byte("Sent to Tomás Yılmaz <ty@corp.example>, uid=ty7\n")
	var found sensitive.Found
	var people sensitive.People
	detector(t).Search(text, 1, &found)
	people.Take(&found)
	before := slices.Clone(found.Places)
	known, err := people.Known()
	if err != nil {
		t.Fatal(err)
	}
	known.Look(&found)
	if !slices.Equal(found.Places, before) {
		t.Errorf("got %v, want %v", found.Places, before)
	}
}
