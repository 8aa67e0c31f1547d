package certificate

import "waybill/internal/audit"

// Pseudonym is how certificates call an organisation, as the ledger's other leaves do: see audit.Pseudonym.
func Pseudonym(org string) string { return audit.Pseudonym(org) }

const pseudonymOf = "sha256:"
