"use strict";{
let KEY="leaderboards.theme";let $h=matchMedia("(prefers-color-scheme: dark)");let $b=document.documentElement;let $a=null;try{
$a=localStorage.getItem(KEY);}catch{}
let $g=()=>{let $e=$b.dataset.embed??$b.dataset.tv;if($e==="light"||$e==="dark")return $e;if($a==="light"||$a==="dark")return $a;return $h.matches?"dark":"light";};let $f=()=>($g()==="dark"?"light":"dark");let $c=()=>{let $j=new URLSearchParams(location.hash.slice(1));for(let $d of["embed","clear","tv"]){let $i=$j.get($d);if($i===null)delete $b.dataset[$d];else $b.dataset[$d]=$i;}$b.dataset.theme=$g();document.getElementById("theme")?.setAttribute("aria-label",`Switch to the ${$f()} theme`);};let $k=()=>{$a=$f();try{
localStorage.setItem(KEY,$a);}catch{}
$c();};$c();$h.addEventListener("change",$c);addEventListener("hashchange",$c);document.addEventListener("DOMContentLoaded",()=>{$c();document.getElementById("theme")?.addEventListener("click",$k);});}
