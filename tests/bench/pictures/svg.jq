# What all pictures have in common: no typeface of their own, light and dark, and all figures in words too, for
# those who do not see them. What missed its goal has another colour, never that alone.

def escaped: tostring | gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;");

# Coordinates need no more.
def place: . * 10 | round / 10;

def number:
    if . < 0 then "−\(-. | number)"
    elif . >= 1000000 then "\((. / 10000 | round) / 100) M"
    elif . >= 10000 then "\((. / 100 | round) / 10) k"
    elif . >= 100 then "\(round)"
    elif . >= 10 then "\((. * 10 | round) / 10)"
    elif . >= 1 then "\((. * 100 | round) / 100)"
    else "\((. * 1000 | round) / 1000)" end;

# A comma before each three digits from the right.
def grouped: gsub("(?<=[0-9])(?=([0-9]{3})+(?![0-9]))"; ",");

# With so many digits after the point, also where they are 0.
def digits($count):
    (if . < 0 then -. else . end) as $size
    | pow(10; $count) as $scale
    | ($size * $scale | round) as $all
    | (if . < 0 and $all > 0 then "−" else "" end)
      + "\($all / $scale | floor)"
      + (if $count == 0 then "" else "." + ("\($all % $scale)" | "0" * ($count - length) + .) end);

def written($x; $y; $more): "<text x=\"\($x | place)\" y=\"\($y | place)\"\($more)>\(escaped)</text>";
def written($x; $y): written($x; $y; "");
def head($x; $y): written($x; $y; " class=\"head\"");
def before($x; $y): written($x; $y; " text-anchor=\"end\"");

def bar($class; $x; $y; $width; $height):
    "<rect class=\"\($class)\" x=\"\($x | place)\" y=\"\($y | place)\" width=\"\($width | place)\" height=\"\($height)\" rx=\"2\"/>";

# The sheet around what is drawn; wide as the column of a page, to be read without scaling.
def sheet($title; $words; $height; $drawn):
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 \($height | ceil)\" width=\"760\" height=\"\($height | ceil)\" role=\"img\" aria-labelledby=\"title figures\">",
    "<title id=\"title\">\($title | escaped)</title>",
    "<desc id=\"figures\">\($words | join(" ") | escaped)</desc>",
    "<style>",
    "text{font:12px system-ui,sans-serif;fill:#1f2328}.head{font-weight:600}.note{fill:#59636e}.lost{fill:#a6430a;font-weight:600}",
    ".paper{fill:#fff}.held{fill:#06c}.missed{fill:#c2560c}.peer{fill:#818b98}.good{fill:#dbeafc}",
    ".mark,.edge{stroke:#1f2328;stroke-width:2}.edge{stroke:#06c;stroke-width:1}.grid{stroke:#d8dee4}",
    ".open{fill:none;stroke:#59636e;stroke-width:1.5}",
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note{fill:#9198a1}.lost{fill:#f0883e}",
    ".paper{fill:#0d1117}.held{fill:#5aa2ff}.missed{fill:#f0883e}.peer{fill:#768390}.good{fill:#12294a}",
    ".mark,.edge{stroke:#e6edf3}.edge{stroke:#5aa2ff}.grid{stroke:#2b323b}.open{stroke:#9198a1}}",
    "</style>",
    "<rect class=\"paper\" width=\"100%\" height=\"100%\" rx=\"6\"/>",
    $drawn[],
    "</svg>";
