using Converge.Report.Figures;

namespace Converge.Report.Page;

/// <summary>The page's style sheet: light and dark as the reader prefers, a phone, a wide screen and paper.</summary>
internal static class ReportCss
{
    public const string Text = $$"""
        :root{color-scheme:light dark; {{FigureStyle.Light}}--card:#f6f8fa;--rule:#d5dae0;--link:#0b5cad;--warn-paper:#fff4d6;--warn-rule:#c98a00}
        @media (prefers-color-scheme:dark){:root{ {{FigureStyle.Dark}}--card:#1c2128;--rule:#363e47;--link:#7cc0ff;--warn-paper:#3a2d0b;--warn-rule:#d9a21b} }
        {{FigureStyle.Rules}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        header,main,footer{max-width:1280px;margin:0 auto;padding:0 20px}
        header{padding-top:28px}
        h1{font-size:1.75rem;line-height:1.2;margin:0 0 .3rem;letter-spacing:-.01em}
        h2{font-size:1.3rem;line-height:1.3;margin:3rem 0 .6rem;padding-top:.9rem;border-top:1px solid var(--rule)}
        h3{font-size:1.05rem;margin:1.8rem 0 .4rem}
        h4{font-size:.95rem;margin:1.2rem 0 .3rem}
        p,ul,ol,dl{max-width:84ch}
        a{color:var(--link)}
        a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
        .skip{position:absolute;left:8px;top:-4rem;background:var(--paper);padding:.4rem .8rem;border:2px solid var(--link);border-radius:4px;z-index:1}
        .skip:focus{top:8px}
        .sub,figcaption,.note{color:var(--muted)}
        .note{font-size:.9rem}.sub{margin:0 0 .8rem}.answer .note{margin:.5rem 0 0}
        nav{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;font-size:.9rem;margin:.6rem 0 0}
        .banner{max-width:none;background:var(--warn-paper);border-left:4px solid var(--warn-rule);padding:.6rem .9rem;margin:.8rem 0;border-radius:0 4px 4px 0}
        .answer{--halo:var(--card);background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:1.1rem 1.3rem 1rem;margin:1rem 0}
        .answer h2{border:0;margin:0;padding:0;font-size:1rem;font-weight:500;color:var(--muted)}
        .verdict{font-size:1.22rem;line-height:1.45;margin:.35rem 0 1rem;max-width:92ch}
        .verdict b{font-size:1.35em;margin-right:.15em}
        .against{margin:0 0 .6rem}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr));gap:1.2rem 2.2rem;margin:1rem 0 .4rem}
        .cards:not(.one) .card{border-top:3px solid var(--rule);padding-top:.5rem}
        .cards.one{margin-top:0}.cards.one .card{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:.4rem 2.4rem}
        .card>div,.card{min-width:0}.card h3{margin:.2rem 0 0}.card h4{margin:.6rem 0 .2rem}.cards.one .remarks{grid-template-columns:1fr;margin-top:.4rem}
        .card .panels svg{max-width:470px}
        .remarks{margin:1.1rem 0 .9rem;max-width:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:.8rem 2.2rem}
        .remarks{align-content:start}.remarks dt{font-weight:600}
        .remarks dd{margin:0}
        figure{margin:1.2rem 0 0}
        .panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:.8rem 1.6rem;align-items:start}
        .panels svg{width:100%;max-width:460px;height:auto;display:block}
        .panels.wide{grid-template-columns:repeat(auto-fit,minmax(min(100%,560px),1fr))}.panels.wide svg{max-width:720px}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,360px),1fr));gap:1rem 2.5rem}
        .files a{margin-left:.5em;white-space:nowrap}
        figcaption{font-size:.9rem;max-width:110ch;margin-top:.5rem}
        .scroll{overflow-x:auto;margin:.8rem 0}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
        table.words th,table.words td{text-align:left;white-space:normal;overflow-wrap:anywhere}
        #claims table.words th,#claims table.words td{overflow-wrap:normal;padding-left:.5rem;padding-right:.5rem}
        caption{position:sticky;left:0;width:max-content;max-width:min(84ch,calc(100vw - 60px));text-align:left;color:var(--muted);padding-bottom:.4rem;font-size:.9rem}
        th,td{text-align:right;padding:.28rem .75rem;border-bottom:1px solid var(--grid);white-space:nowrap;vertical-align:baseline}
        th:first-child,td:first-child{padding-left:.2rem}
        thead th{border-bottom:1.5px solid var(--axis);font-weight:600}
        tbody th,.left{text-align:left;font-weight:500}
        tr.key th,tr.key td{font-weight:650}
        details{margin:.7rem 0;border:1px solid var(--rule);border-radius:6px;padding:0 .9rem}
        details[open]{padding-bottom:.8rem}
        summary{cursor:pointer;padding:.5rem 0;font-weight:500}
        pre,code,kbd{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.86em}
        pre{background:var(--card);border:1px solid var(--rule);border-radius:4px;padding:.6rem .8rem;margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;line-height:1.45}
        pre.prose{font-family:inherit;font-size:.95rem;line-height:1.55;max-width:96ch;user-select:all;-webkit-user-select:all}
        pre.long{max-height:32rem;overflow:auto}
        .tokens{display:flex;flex-wrap:wrap;gap:3px;list-style:none;margin:.4rem 0;padding:0;max-width:none;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.74rem;line-height:1.25}
        .tokens li{background:var(--card);border:1px solid var(--grid);border-radius:3px;padding:1px 4px;text-align:center;unicode-bidi:isolate;overflow-wrap:anywhere}
        .tokens li.target{border-color:var(--icl-it);border-width:1.5px}
        .tokens bdi{display:block;white-space:pre-wrap}
        .tokens span{color:var(--muted)}
        .facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.4rem 0;font-size:.92rem;max-width:none}
        .facts dt{color:var(--muted)}.facts dd{margin:0;overflow-wrap:anywhere}
        .tag{font-size:.78rem;font-weight:400;color:var(--muted);white-space:nowrap}
        .subject{font-weight:400;color:var(--muted);margin-left:.5em}
        footer{color:var(--muted);font-size:.85rem;padding-top:2rem;padding-bottom:3rem}
        @media (max-width:520px){header,main,footer{padding-left:14px;padding-right:14px}.answer{padding:.8rem .9rem;border-radius:6px}.verdict{font-size:1.1rem}h1{font-size:1.4rem}.facts{grid-template-columns:1fr}.facts dd{margin-bottom:.4rem} }
        @media (max-width:640px){.panels.wide{overflow-x:auto}.panels.wide svg{min-width:600px} }
        @media print{.files{display:none}:root{ {{FigureStyle.Light}}--card:#f6f8fa;--rule:#d5dae0}body{font-size:10.5pt}nav{display:none}header,main,footer{max-width:none;padding:0}h2,h3{break-after:avoid}.skip{display:none}figure,.banner,tr,.remarks div{break-inside:avoid}thead{display:table-header-group}.scroll{overflow:visible}.panels{grid-template-columns:repeat(3,1fr)}.panels.wide{grid-template-columns:1fr 1fr}.card .panels{grid-template-columns:1fr}.cards,.cards.one{grid-template-columns:1fr}.cards .card,.cards.one .card{display:grid;grid-template-columns:1fr 1fr;gap:.4rem 1.4rem}th,td{white-space:normal;padding:.15rem .35rem;font-size:8.5pt}h2{margin-top:1.6rem}.verdict{font-size:1.05rem}a{color:inherit}.pair{grid-template-columns:1fr 1fr}.pair .panels{grid-template-columns:1fr} }
        """;
}
