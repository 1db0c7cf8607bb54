// Renders a Helm chart as `helm template` does, with the same parts: Go's template engine, Sprig and, for
// values.schema.json, gojsonschema. For machines that have Go but no helm; unlike `helm template` it also
// answers `lookup`, from objects it is given, so that upgrades can be tested.
//
// Reads a job as JSON from standard input; writes the manifests, or NOTES.txt, to standard output. What Helm
// would refuse is said on standard error, and the exit code is 1.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/xeipuuv/gojsonschema"
	"sigs.k8s.io/yaml"
)

type object = map[string]interface{}

// job is what one call is asked for.
type job struct {
	Chart     string   // directory
	Release   string   // name
	Namespace string   // of the release
	IsUpgrade bool     // an upgrade, not an installation
	Values    object   // laid over values.yaml
	Existing  []object // what `lookup` finds in the cluster
	Notes     bool     // NOTES.txt instead of the manifests
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run() error {
	var wanted job
	if err := json.NewDecoder(os.Stdin).Decode(&wanted); err != nil {
		return err
	}
	chart, err := readYaml(filepath.Join(wanted.Chart, "Chart.yaml"))
	if err != nil {
		return err
	}
	defaults, err := readYaml(filepath.Join(wanted.Chart, "values.yaml"))
	if err != nil {
		return err
	}
	values := overlay(defaults, wanted.Values)
	if err := checkSchema(wanted.Chart, values); err != nil {
		return err
	}
	engine, err := newEngine(wanted, chart, values)
	if err != nil {
		return err
	}
	if wanted.Notes {
		notes, err := engine.render("NOTES.txt")
		fmt.Println(notes)
		return err
	}
	return engine.renderManifests(os.Stdout)
}

func readYaml(path string) (object, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	read := object{}
	return read, yaml.UnmarshalStrict(text, &read)
}

// overlay lays values over defaults as Helm does: maps are merged, all else is replaced, null removes a default.
func overlay(defaults, values object) object {
	for key, value := range values {
		below, isMap := defaults[key].(object)
		above, staysMap := value.(object)
		switch {
		case value == nil:
			delete(defaults, key)
		case isMap && staysMap:
			defaults[key] = overlay(below, above)
		default:
			defaults[key] = value
		}
	}
	return defaults
}

// checkSchema refuses values in Helm's own words.
func checkSchema(directory string, values object) error {
	schema, err := os.ReadFile(filepath.Join(directory, "values.schema.json"))
	if err != nil {
		return err
	}
	result, err := gojsonschema.Validate(
		gojsonschema.NewBytesLoader(schema),
		gojsonschema.NewGoLoader(values),
	)
	if err != nil || result.Valid() {
		return err
	}
	complaints := []string{"values don't meet the specifications of the schema(s) in the following chart(s):"}
	for _, complaint := range result.Errors() {
		complaints = append(complaints, fmt.Sprint("- ", complaint))
	}
	return fmt.Errorf("%s", strings.Join(complaints, "\n"))
}
