package org

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"waybill/internal/fault"
)

// The reference's table of available locations (S2), with the AWS regions of the places it names.
var reference = []struct{ location, regions string }{
	{"Global", ""},
	{"Australia", "ap-southeast-2"},   // Sydney
	{"Canada", "ca-central-1"},        // Central
	{"EU", "eu-central-1 eu-west-1"},  // Frankfurt, Dublin
	{"Germany", "eu-central-1"},       // Frankfurt
	{"India", "ap-south-1"},           // Mumbai
	{"Japan", "ap-northeast-1"},       // Tokyo
	{"Switzerland", "eu-central-2"},   // Zurich
	{"Singapore", "ap-southeast-1"},   // Singapore
	{"South Korea", "ap-northeast-2"}, // Seoul
	{"United Kingdom", "eu-west-2"},   // London
	{"USA", "us-east-1 us-west-1"},    // North Virginia, North California
}

func TestTwelveLocations(t *testing.T) {
	t.Parallel()
	var got []struct{ location, regions string }
	for _, l := range Locations() {
		got = append(got, struct{ location, regions string }{l.Name, strings.Join(l.Regions, " ")})
	}
	if !slices.Equal(got, reference) {
		t.Errorf("got  %v\nwant %v", got, reference)
	}
}

// Each cell serves exactly the locations of its region, and the home cell Global as well; every other is refused with
// the address of a cell that serves it, or its region as long as no address is known.
func TestServedOrSentElsewhere(t *testing.T) {
	t.Parallel()
	regions := []string{"eu-north-1"} // of no location at all
	for _, row := range reference {
		regions = append(regions, strings.Fields(row.regions)...)
	}
	for _, region := range regions {
		for _, home := range []bool{false, true} {
			here := Cell{Region: region, Home: home}
			for _, row := range reference {
				served := slices.Contains(strings.Fields(row.regions), region) || row.location == "Global" && home
				l, _ := locate(row.location)
				if here.serves(l) != served {
					t.Errorf("%s (home: %t) serves %s: %t, want %t", region, home, l.Name, !served, served)
				}
			}
		}
	}
}

func TestElsewhere(t *testing.T) {
	t.Parallel()
	here := Cell{Region: "us-east-1", Others: map[string]string{
		"eu-west-1": "https://dublin.example", "eu-central-2": "https://zurich.example"}}
	for location, cell := range map[string]string{
		"EU":          "https://dublin.example", // its second region; no cell is known in the first
		"Switzerland": "https://zurich.example",
		"Germany":     "eu-central-1",
		"Global":      "home",
	} {
		l, _ := locate(location)
		if got := here.elsewhere(l); got != cell {
			t.Errorf("%s is held at %q, want %q", location, got, cell)
		}
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Germany": "Germany", "germany": "Germany", "SOUTH KOREA": "South Korea", "usa": "USA",
		"Global": "Global", "Not set (Global)": "Global", "not set (global)": "Global",
		"": "", "Mars": "", "eu-central-1": "", "Germany ": "",
	} {
		if l, known := locate(name); l.Name != want || known != (want != "") {
			t.Errorf("%q is %q (%t), want %q", name, l.Name, known, want)
		}
	}
}

func TestDraft(t *testing.T) {
	t.Parallel()
	good := Draft{Name: "Nordwind", Location: "Germany", Plan: Paid}
	for _, row := range []struct {
		change func(*Draft)
		broken string
	}{
		{func(*Draft) {}, ""},
		{func(d *Draft) { d.Plan = Evaluation }, ""},
		{func(d *Draft) { d.Name = "" }, "/name required"},
		{func(d *Draft) { d.Name = strings.Repeat("n", 256) }, "/name max-length"},
		{func(d *Draft) { d.Name = "Nord\nwind" }, "/name printable"},
		{func(d *Draft) { d.Location = "" }, "/location one-of"},
		{func(d *Draft) { d.Location = "Mars" }, "/location one-of"},
		{func(d *Draft) { d.Plan = "" }, "/plan one-of"},
		{func(d *Draft) { d.Plan = "Paid" }, "/plan one-of"},
		{func(d *Draft) { *d = Draft{} }, "/name required, /location one-of, /plan one-of"},
	} {
		d := good
		row.change(&d)
		_, err := d.check()
		if got := brokenRules(err); got != row.broken {
			t.Errorf("%+v breaks %q, want %q", d, got, row.broken)
		}
	}
}

// brokenRules are the pointers and rules of a refusal.
func brokenRules(err error) string {
	var refusal *fault.Refusal
	if !errors.As(err, &refusal) {
		return ""
	}
	var broken []string
	for _, f := range refusal.Fields {
		broken = append(broken, fmt.Sprintf("%s %s", f.Pointer, f.Rule))
	}
	return strings.Join(broken, ", ")
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	got := Addresses("us-east-1=https://virginia.example,eu-west-2=https://london.example/x?a=b")
	if len(got) != 2 || got["us-east-1"] != "https://virginia.example" || got["eu-west-2"] != "https://london.example/x?a=b" {
		t.Errorf("got %v", got)
	}
	if got := Addresses(""); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
