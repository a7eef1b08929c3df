/**
 * Prints, as JSON, what an interpreter of Python reads: it imports numpy and every extension module of the
 * standard library, and lists the libraries that it has mapped then. The certificates of authorities are where
 * OpenSSL looks for them; only a sandbox with network has the file behind the link.
 */
export const PYTHON_PROBE = `
import importlib, json, os, sys, sysconfig
found = {"version": list(sys.version_info[:3]), "executable": sys.executable, "numpy": None}
try:
    import numpy
    found["numpy"] = numpy.__version__
except Exception as error:
    found["why"] = f"{type(error).__name__}: {error}"[:300]
standard = sysconfig.get_paths()
folders = [path for path in [*sys.path, standard["stdlib"], standard["platstdlib"]] if os.path.isdir(path)]
for folder in folders:
    if os.path.basename(folder) == "lib-dynload":
        for name in os.listdir(folder):
            try:
                importlib.import_module(name.split(".")[0])
            except BaseException:
                pass
mapped = set()
try:
    with open("/proc/self/maps") as maps:
        mapped = {line.split(None, 5)[5].strip() for line in maps if ".so" in line}
except OSError:
    pass
links = {}
for library in mapped:
    for name in os.listdir(os.path.dirname(library)):
        place = os.path.join(os.path.dirname(library), name)
        if os.path.islink(place) and os.path.realpath(place) == library:
            links[place] = library
step = sys.executable
while os.path.islink(step):
    target = os.path.normpath(os.path.join(os.path.dirname(step), os.readlink(step)))
    links[step] = target
    step = target
files = []
venv = os.path.join(sys.prefix, "pyvenv.cfg")
if os.path.exists(venv):
    files.append(venv)
try:
    import ssl
    store = ssl.get_default_verify_paths().openssl_cafile
    bundle = os.path.realpath(store) if os.path.exists(store) else "/etc/ssl/certs/ca-certificates.crt"
    if bundle == store:
        files.append(store)
    elif os.path.exists(bundle):
        links[store] = bundle
except Exception:
    pass
found.update(
    file=step,
    folders=sorted(set(folders)),
    libraries=sorted(mapped),
    links=links,
    files=files,
)
print(json.dumps(found))
`;
