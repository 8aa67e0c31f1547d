package org

import "strings"

// Location is where a customer chose to have its data held. The names are those of the reference's table of available
// locations (S2, "Available locations").
type Location struct {
	Name    string
	Regions []string // empty for Global: the operator's home cell
}

// Locations lists the twelve, in the order of the reference.
func Locations() []Location {
	return []Location{
		{Name: Global},
		{"Australia", []string{"ap-southeast-2"}},
		{"Canada", []string{"ca-central-1"}},
		{"EU", []string{"eu-central-1", "eu-west-1"}},
		{"Germany", []string{"eu-central-1"}},
		{"India", []string{"ap-south-1"}},
		{"Japan", []string{"ap-northeast-1"}},
		{"Switzerland", []string{"eu-central-2"}},
		{"Singapore", []string{"ap-southeast-1"}},
		{"South Korea", []string{"ap-northeast-2"}},
		{"United Kingdom", []string{"eu-west-2"}},
		{"USA", []string{"us-east-1", "us-west-1"}},
	}
}

// Global is the location of those who set none.
const Global = "Global"

// locate finds a location by name, in any case; the reference also writes Global as "Not set (Global)".
func locate(name string) (Location, bool) {
	if strings.EqualFold(name, "Not set (Global)") {
		name = Global
	}
	for _, l := range Locations() {
		if strings.EqualFold(l.Name, name) {
			return l, true
		}
	}
	return Location{}, false
}

func locationNames() string {
	var names []string
	for _, l := range Locations() {
		names = append(names, l.Name)
	}
	return strings.Join(names, ", ")
}

// Cell is the deployment that is asked: one AWS region, and the addresses of the others as far as they are known.
type Cell struct {
	Region string
	Home   bool              // serves Global
	KeyARN string            // the operator's key, under which an organisation starts
	Others map[string]string // region → address of the cell there
}

// Addresses reads "region=address" pairs with commas between, as a deployment is told of the other cells.
func Addresses(list string) map[string]string {
	others := map[string]string{}
	for pair := range strings.SplitSeq(list, ",") {
		if region, address, isPair := strings.Cut(pair, "="); isPair {
			others[strings.TrimSpace(region)] = strings.TrimSpace(address)
		}
	}
	return others
}

func (c Cell) serves(l Location) bool {
	if l.Name == Global {
		return c.Home
	}
	for _, r := range l.Regions {
		if r == c.Region {
			return true
		}
	}
	return false
}

// regions is where an organisation of that location may be held: the location's own, or for Global the home cell's.
func (c Cell) regions(l Location) []string {
	if l.Name == Global {
		return []string{c.Region}
	}
	return l.Regions
}

// elsewhere names the right cell for a location: its address, or its region when no address is known here.
func (c Cell) elsewhere(l Location) string {
	for _, r := range l.Regions {
		if address, known := c.Others[r]; known {
			return address
		}
	}
	if len(l.Regions) > 0 {
		return l.Regions[0]
	}
	return "home"
}
