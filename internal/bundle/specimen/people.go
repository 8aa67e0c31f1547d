package specimen

import (
	"fmt"
	"math/rand/v2"
)

// person is somebody who uses the product.
type person struct{ full, user, email, ip, session string }

var (
	given  = []string{"Ainhoa", "Bartosz", "Célestine", "Dmytro", "Eeva", "Farrukh", "Gudrún", "Hiroshi", "Ilse", "Joaquim"}
	family = []string{"Achterberg", "Bjørnstad", "Czerwiński", "Delacroix", "Engström", "Fonseca", "Gallagher", "Hrdlička", "Iturralde", "Jónsdóttir"}
	places = []string{"kestrel.example", "mail.tamarind.example", "nordlicht.example"}
)

func people(r *rand.Rand, n int) []person {
	all := make([]person, n)
	for i := range all {
		user := fmt.Sprintf("kx%05d", r.IntN(1e5))
		all[i] = person{
			full: given[r.IntN(len(given))] + " " + family[r.IntN(len(family))], user: user, email: user + "@" + places[r.IntN(len(places))],
			ip:      fmt.Sprintf("10.%d.%d.%d", 16+r.IntN(16), r.IntN(256), 1+r.IntN(254)),
			session: fmt.Sprintf("%x", r.Uint64()|1<<63)[:6] + "x",
		}
	}
	return all
}
