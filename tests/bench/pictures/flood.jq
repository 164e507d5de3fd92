# What others have left while one station without access floods.
include "svg";
include "bars";

def picture($name; $metrics):
    . as $lines
    | (reduce .[] as $line ([]; if index($line.case) then . else . + [$line.case] end)) as $cases
    | def of($case; $metric): [$lines[] | select(.case == $case and .metric == $metric)][0];
    {title: "flood by one station without access", legend: "quiet", blocks: [
        {title: "another station\u0027s download, share of the quiet one", rows: [
            $cases[] as $case
            | of($case; "share_of_quiet_download")
            | . + {case: "\($case), \(of($case; "download").value | number) Mbit/s"}
        ]},
        {title: "login page, p99, ms", rows: [
            $cases[] as $case | of($case; "page_p99") | {case: "\($case): before", value: .baseline}, . + {case: "\($case): meanwhile"}
        ]},
        {title: "sent: \([$cases[] | "\(.): \(. as $case | of($case; "sent_by_the_attacker").value | number)"] | join("; "))", rows: []}
    ]}
    | bars;
