package inventory

import (
	"slices"
	"strings"
)

// Merge folds the accounts of all files of a bundle. Their order is of no matter; they may not be used afterwards.
func Merge(accounts ...*Account) *Inventory {
	accounts = slices.Clone(accounts)
	slices.SortStableFunc(accounts, func(a, b *Account) int { return strings.Compare(a.file, b.file) })
	inv := &Inventory{Facts: map[Path]Fact{}, Statistics: map[string]Statistic{}, Layout: map[Family][]string{}}
	claims, logs := map[Path][]Claim{}, map[Family]Log{}
	var plugins, others listing[Plugin]
	var directories listing[Directory]
	for _, a := range accounts {
		a.close()
		inv.Layout[a.family] = append(inv.Layout[a.family], a.file)
		for path, said := range a.claims {
			claims[path] = append(claims[path], said...)
		}
		if !a.family.Whole() {
			logs[a.family] = a.log.with(logs[a.family])
		}
		statistics(inv.Statistics).mergeAll(a.statistics)
		inv.gather(a)
		plugins, others = plugins.best(a.plugins, others)
		directories = directories.or(a.directories)
	}
	inv.Plugins, inv.Directories = settlePlugins(plugins, others), directories.items
	for _, family := range sortedKeys(logs) {
		inv.Logs = append(inv.Logs, logs[family])
	}
	for path, said := range claims {
		inv.Facts[path] = settle(said)
	}
	inv.derive(plugins)
	return inv
}

// gather takes the lists that simply add up.
func (i *Inventory) gather(a *Account) {
	i.Checks = append(i.Checks, a.checks...)
	i.Filesystems = append(i.Filesystems, a.filesystems...)
	i.Threads = append(i.Threads, a.threads...)
	i.Busy = append(i.Busy, a.busy...)
	if a.access != nil {
		i.Access = append(i.Access, a.access.report(a.file))
	}
	if a.problem != nil {
		i.Problems = append(i.Problems, *a.problem)
	}
}

// derive counts what rules ask for.
func (i *Inventory) derive(plugins listing[Plugin]) {
	count := func(path Path, origin Origin, places []Place) {
		if len(places) > 0 {
			i.Facts[path] = Fact{Claim: Claim{float64(len(places)), origin, places[0]}}
		}
	}
	var disabled, failing, unread, plain []Place
	for _, p := range i.Plugins {
		if p.Status != "" && p.Status != "enabled" {
			disabled = append(disabled, p.Place)
		}
	}
	for _, c := range i.Checks {
		if !c.Healthy {
			failing = append(failing, c.Place)
		}
	}
	for _, p := range i.Problems {
		unread = append(unread, p.Place)
	}
	for _, d := range i.Directories {
		if d.Plain {
			plain = append(plain, d.Place)
		}
	}
	count(DisabledPlugins, plugins.origin, disabled)
	count(ChecksFailing, FromDocument, failing)
	count(UnreadDocuments, FromDocument, unread)
	count(PlainDirectories, FromDocument, plain)
	i.debugShare()
}

// debugShare is how much of the product's own log is for debugging, once there is enough of it to say.
func (i *Inventory) debugShare() {
	for _, l := range i.Logs {
		if l.Family.product() != "" && l.Levels.Total() >= 1000 {
			share := 100 * float64(l.Levels.Debug+l.Levels.Trace) / float64(l.Levels.Total())
			i.Facts[DebugShare] = Fact{Claim: Claim{share, FromLine, Place{i.Layout[l.Family][0], 1, l.First}}}
		}
	}
}
