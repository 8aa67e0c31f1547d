package awstest

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"waybill/internal/template"
)

func TestTablesAreTheTemplates(t *testing.T) {
	t.Parallel()
	real, err := template.Read(filepath.Join("..", "..", "..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for id, ours := range map[string]*dynamodb.CreateTableInput{"RecordsTable": recordsTable(), "AuditTable": auditTable()} {
		want, got := real.Resources[id].Properties, plain(t, ours).(map[string]any)
		for _, property := range []string{"AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"} {
			if a, b := plain(t, got[property]), plain(t, want[property]); !reflect.DeepEqual(a, b) {
				t.Errorf("%s of %s\nhere          %v\ntemplate.yaml %v", property, id, a, b)
			}
		}
	}
}

// plain is a value as JSON would give it back, without what is absent: the SDK and CloudFormation name members alike.
func plain(t *testing.T, value any) (out any) {
	t.Helper()
	b, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return present(out)
}

func present(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, each := range v {
			if v[name] = present(each); v[name] == nil {
				delete(v, name)
			}
		}
	case []any:
		for i := range v {
			v[i] = present(v[i])
		}
	}
	return value
}
